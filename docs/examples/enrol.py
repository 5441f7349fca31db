"""Enrol the people of a list in one course, as often as you like: python enrol.py COURSE_ID < people.csv

One line a person: number,e-mail,given name,family name. MOODLE_URL and MOODLE_TOKEN say where. No web framework.
"""

import csv
import os
import sys

from lms_connectors.moodle.platform import MoodlePlatform
from workflows.ports import DesiredEnrolment, LearnerAccount

platform = MoodlePlatform(os.environ["MOODLE_URL"], os.environ["MOODLE_TOKEN"])
course = platform.find_course(sys.argv[1]) or sys.exit(f"no course {sys.argv[1]}")
people = [
    LearnerAccount(number, number, number, email, given, family)
    for number, email, given, family in csv.reader(sys.stdin)
]
accounts = platform.resolve_accounts(people)
wishes = [DesiredEnrolment(one.key, one.remote_id) for one in accounts if one.usable and one.remote_id]
results = platform.apply(course.ref, wishes)
for line in [*(one for one in accounts if not one.usable), *results]:
    print(line.key, line.status.value, getattr(line, "reason", "") or getattr(line, "code", ""))
print(f"{course.title}: {len(platform.roster(course.ref))} enrolled")
