<?php
// What a second request brings in: extensions, encodings, time zones, locales, a database.
final class Late
{
    public static function report(): array
    {
        $database = new PDO('sqlite::memory:');
        $moment = new DateTimeImmutable('2024-07-01T12:00:00Z');
        $document = new DOMDocument();
        $document->loadXML('<a><b>42</b></a>');
        return [
            'total' => (int) $database->query("select sum(value) from json_each('[20, 22]')")->fetchColumn(),
            'new_york' => $moment->setTimezone(new DateTimeZone('America/New_York'))->format('H:i T'),
            'german' => (new IntlDateFormatter('de_DE', IntlDateFormatter::FULL, IntlDateFormatter::FULL, 'Asia/Kathmandu'))->format($moment),
            'kanji' => bin2hex(mb_convert_encoding('漢字', 'SJIS', 'UTF-8')),
            'koi8' => bin2hex(iconv('UTF-8', 'KOI8-U', 'Привет')),
            'digest' => hash('sha3-256', 'ocislim'),
            'tls' => in_array('tls', stream_get_transports(), true),
            'node' => $document->getElementsByTagName('b')->item(0)->textContent,
            'address' => gethostbyname('localhost'),
            'extensions' => array_values(array_intersect(['ctype', 'dom', 'fileinfo', 'phar', 'posix', 'tokenizer'], array_map('strtolower', get_loaded_extensions()))),
            'mime' => (new finfo(FILEINFO_MIME_TYPE))->buffer("%PDF-1.4\n"),
        ];
    }
}
