"""Handles people: participants, accounts, roles, codes, audiences, and the declarations of their personal data.

A participant is one person of the gathering, organisers included; an account is that person on one platform. A
participant is invited first and joins with a code or link. A facilitator leads the phases of the workshop of some
groups. A round is one day's set of groups. An audience is a set of participants that something is meant for.
"""
