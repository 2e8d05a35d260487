<?php
// The first route works as soon as the server does, the second loads what nothing has loaded before.
spl_autoload_register(fn (string $class) => require __DIR__ . '/../src/' . $class . '.php');
if (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/late') {
    header('Content-Type: application/json');
    echo json_encode(Late::report(), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE), "\n";
} else {
    header('Content-Type: text/html; charset=utf-8');
    echo "<p>Grüße & more</p>\n";
}
