"""The messages of the VIZpin OEM API: bytes in, values out. No I/O, no clock, no settings.

faults      what is wrong with a value: which field, and why
form        JSON, and the one error of everything that cannot be read
fields      a declared message read from what was sent, and written
rules       what a field may hold: text, ids, choices, lists
dates       days and times as the document writes them
loose       an answer that differs in form from the printed one
accounts    locations, readers, users, credentials, roles, vizpins, schedules, activity:
            the objects, what is asked of them, what is answered
session     logging in, and the time
codes       the numbers in every answer
events      what a reader tells
zones       places, policies: the document's lists and rules
operation   what is declared of a method
operations  the 36 methods in one table
envelope    a request around its parameters
answers     an answer around its result
push        the two calls that VIZpin makes

Source: VIZpin OEM API 4.3. Where it contradicts itself the model concerned says what holds.
"""
