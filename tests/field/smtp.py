#!/usr/bin/python3
"""smtp.py HOST:PORT RECIPIENT...: a dialogue with a mail server over STARTTLS. What it offers, and what it says to each recipient, to a message
whose subject is not wanted, to a sender outside ASCII, and to mail for others. An empty recipient only asks whether somebody is there."""
import smtplib
import ssl
import sys
from email.message import EmailMessage


def message(sender, recipient, subject):
    text = EmailMessage()
    text["From"] = sender
    text["To"] = recipient
    text["Subject"] = subject
    text.set_content("Grüße\n", cte="8bit")
    return text


def attempt(server, recipient, subject, sender="sender@example.test"):
    try:
        server.send_message(message(sender, recipient, subject))
        print(recipient, "accepted")
    except smtplib.SMTPRecipientsRefused as refusal:
        print(recipient, *(f"{code} {text.decode()}" for code, text in refusal.recipients.values()))
    except smtplib.SMTPResponseException as refusal:
        print(recipient, refusal.smtp_code, refusal.smtp_error.decode())


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    with smtplib.SMTP(host, int(port), local_hostname="client.test", timeout=20) as server:
        server.ehlo()
        if sys.argv[2:] == [""]:
            return
        print(*sorted(server.esmtp_features))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        print(server.starttls(context=context)[0], server.sock.version())
        for recipient in sys.argv[2:]:
            attempt(server, recipient, "late")
        attempt(server, sys.argv[2], "something unwanted")
        attempt(server, sys.argv[2], "late", "žena@bücher.test")
        attempt(server, "absent@mail.test", "late")
        attempt(server, "somebody@elsewhere.invalid", "late")


main()
