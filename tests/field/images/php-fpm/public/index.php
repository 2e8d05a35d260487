<?php
header('Content-Type: text/html; charset=utf-8');
echo "<p>Grüße &amp; more</p>\n";
