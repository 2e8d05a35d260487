"""Counts the tests in a JUnit file of ctest: one by one where a cmocka program says how many it ran.

count.py FILE: prints "PASSED FAILED SKIPPED", then a line for each test that was skipped, with the reason if the test told one.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree


def total(word, text):
    return sum(int(count) for count in re.findall(r"^\[  %s *\] .*?(\d+) test\(s\)" % word, text, re.MULTILINE))


def main(path):
    passed = failed = skipped = 0
    reasons = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        text = case.findtext("system-out") or ""
        status = case.get("status")
        if status == "run":
            passed += max(total("PASSED", text), 1)
            skipped += total("SKIPPED", text)
            reasons += ["%s: %s" % (case.get("name"), name) for name in re.findall(r"^\[  SKIPPED \] (?!\d)(.+)", text, re.MULTILINE)]
        elif status == "fail":
            passed += total("PASSED", text)
            failed += max(total("FAILED", text), 1)
        else:
            skipped += 1
            message = case.find("skipped")
            reasons.append("%s: %s" % (case.get("name"), message.get("message") if message is not None else status))
    print(passed, failed, skipped)
    print("\n".join(dict.fromkeys(reasons)), end="\n" if reasons else "")


main(sys.argv[1])
