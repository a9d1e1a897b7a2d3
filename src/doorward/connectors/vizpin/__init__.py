"""VIZpin: phones as keys, through the OEM API 4.3; both roles."""
