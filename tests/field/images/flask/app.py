"""Two routes: the first works as soon as Flask does, the second loads what nothing has loaded before."""
from flask import Flask, jsonify, render_template_string

app = Flask(__name__)


@app.get("/")
def index():
    return render_template_string("<p>{{ greeting }}</p>\n", greeting="Grüße & more")


@app.get("/late")
def late():
    import datetime
    import hashlib
    import os
    import pwd
    import sqlite3
    import time
    import zoneinfo

    database = sqlite3.connect(":memory:")
    total = database.execute("select sum(value) from json_each('[20, 22]')").fetchone()[0]
    moment = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)
    return jsonify(
        total=total,
        local_time=time.strftime("%H:%M %Z", time.localtime(0)),
        new_york=moment.astimezone(zoneinfo.ZoneInfo("America/New_York")).isoformat(),
        user=pwd.getpwuid(os.getuid()).pw_name,
        koi8=list("Привет".encode("koi8-u")),
        kanji=list("漢字".encode("shift_jis")),
        digest=hashlib.sha3_256(b"ocislim").hexdigest(),
    )
