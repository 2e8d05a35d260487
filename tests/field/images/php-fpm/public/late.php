<?php
header('Content-Type: text/plain; charset=utf-8');
echo json_encode((new Late())->report(), JSON_UNESCAPED_UNICODE | JSON_PRETTY_PRINT), "\n";
