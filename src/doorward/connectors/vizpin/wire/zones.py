"""The time zones that a location may have: a list of the document's own.

Source: VIZpin OEM API 4.3, appendix 3. Each is a name of the IANA data base, some of them old ones
(`Asia/Katmandu`, `America/Buenos_Aires`); the choice follows no rule, so it stands here in full.
`UTC` and `Europe/Stockholm` are not in it.
"""

_PLACES = {
    "Africa": "Algiers Cairo Casablanca Johannesburg Nairobi",
    "America": """
        Adak Anchorage Bogota Buenos_Aires Caracas Chicago Denver El_Salvador Halifax
        Indiana/Indianapolis Lima Los_Angeles Mazatlan Mexico_City New_York Panama Phoenix
        Puerto_Rico Santiago Sao_Paulo Scoresbysund St_Johns Tijuana
    """,
    "Asia": """
        Baghdad Baku Bangkok Beirut Colombo Dhaka Dubai Ho_Chi_Minh Hong_Kong Jakarta Jerusalem
        Kabul Kamchatka Karachi Katmandu Kolkata Kuala_Lumpur Kuwait Manila Rangoon Riyadh Seoul
        Shanghai Singapore Taipei Tashkent Tbilisi Tehran Tokyo Yekaterinburg Yerevan
    """,
    "Atlantic": "Azores Bermuda Cape_Verde South_Georgia",
    "Australia": "Adelaide Brisbane Darwin Lord_Howe Perth Sydney",
    "Europe": """
        Amsterdam Athens Berlin Brussels Bucharest Dublin Helsinki Istanbul Lisbon London Minsk
        Moscow Paris Prague Rome
    """,
    "Pacific": """
        Auckland Chatham Enderbury Fiji Gambier Guadalcanal Honolulu Kiritimati Marquesas Niue
        Norfolk Pago_Pago Pitcairn Tongatapu
    """,
}

TIME_ZONES: frozenset[str] = frozenset(
    f"{area}/{place}" for area, places in _PLACES.items() for place in places.split()
) | {"GMT"}
