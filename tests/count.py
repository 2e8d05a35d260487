"""Counts the tests in a JUnit file of ctest: one by one where a cmocka program or bats says which it ran.

count.py FILE: prints "PASSED FAILED SKIPPED", then a line for each test that was skipped, with the reason if the test told one.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree


def total(word, text):
    return sum(int(count) for count in re.findall(r"^\[  %s *\] .*?(\d+) test\(s\)" % word, text, re.MULTILINE))


def tap(text):
    """What bats printed: how many passed, how many failed, and a line for each that was skipped."""
    skipped = re.findall(r"^ok \d+ (.* # skip.*)", text, re.MULTILINE)
    return len(re.findall(r"^ok \d+ ", text, re.MULTILINE)) - len(skipped), len(re.findall(r"^not ok \d+ ", text, re.MULTILINE)), skipped


def main(path):
    passed = failed = skipped = 0
    reasons = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        text = case.findtext("system-out") or ""
        status = case.get("status")
        ok, not_ok, tap_skipped = tap(text)
        if status == "run":
            ok += total("PASSED", text)
            skips = total("SKIPPED", text) + len(tap_skipped)
            passed += ok if ok + skips > 0 else 1
            skipped += skips
            reasons += ["%s: %s" % (case.get("name"), line) for line in tap_skipped]
            reasons += ["%s: %s" % (case.get("name"), name) for name in re.findall(r"^\[  SKIPPED \] (?!\d)(.+)", text, re.MULTILINE)]
        elif status == "fail":
            passed += ok + total("PASSED", text)
            failed += max(not_ok + total("FAILED", text), 1)
        else:
            skipped += 1
            message = case.find("skipped")
            reasons.append("%s: %s" % (case.get("name"), message.get("message") if message is not None else status))
    print(passed, failed, skipped)
    print("\n".join(dict.fromkeys(reasons)), end="\n" if reasons else "")


main(sys.argv[1])
