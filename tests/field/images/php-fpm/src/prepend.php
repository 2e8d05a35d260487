<?php
spl_autoload_register(fn (string $class) => require __DIR__ . "/$class.php");
