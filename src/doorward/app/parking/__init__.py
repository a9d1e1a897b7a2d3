"""Car parks as people see them: a month settled into statements, and who is in.

settling            what an account owes, checked, billed, and told again
statements          the files of a month: `statement_csv`, `statement_pdf`, one summary per target
looking, picture    a day of the car parks: who is in, how full it was, what does not add up
"""
