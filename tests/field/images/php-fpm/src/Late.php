<?php
// What a second request brings in.
final class Late
{
    public function report(): array
    {
        return [
            'opcache' => opcache_get_status(false)['opcache_enabled'],
            'collated' => $this->collated(['zebra', 'čaj', 'cíl', 'chata']),
            'money' => (new NumberFormatter('de_CH', NumberFormatter::CURRENCY))->formatCurrency(1234.5, 'CHF'),
            'legacy' => bin2hex(mb_convert_encoding('漢字', 'SJIS', 'UTF-8')),
            'iconv' => bin2hex(iconv('UTF-8', 'CP1250', 'Žluťoučký')),
            'zone' => date('H:i T', 1719835200),
            'other zone' => (new DateTime('2024-07-01 12:00', new DateTimeZone('America/St_Johns')))->format('c'),
            'xml' => simplexml_load_string('<a><b>42</b></a>')->xpath('/a/b')[0]->__toString(),
            'picture' => $this->picture(),
            'tls' => $this->refused('https://127.0.0.1:9000/'),
            'trusted' => openssl_x509_checkpurpose($this->authority(), X509_PURPOSE_ANY, ['/etc/ssl/certs/ca-certificates.crt']),
            'cipher' => bin2hex(openssl_encrypt('text', 'aes-256-gcm', str_repeat('k', 32), OPENSSL_RAW_DATA, str_repeat('i', 12), $tag)),
            'name' => gethostbyname('localhost'),
            'user' => posix_getpwuid(posix_geteuid())['name'],
        ];
    }

    private function collated(array $words): array
    {
        (new Collator('cs_CZ'))->sort($words);
        return $words;
    }

    private function picture(): string
    {
        $image = imagecreatetruecolor(3, 2);
        ob_start();
        imagejpeg($image);
        $size = getimagesizefromstring(ob_get_clean());
        return "$size[0]x$size[1] $size[mime]";
    }

    // curl speaks TLS to somebody who does not: the library is there, and its answer is a number.
    private function refused(string $url): int
    {
        $request = curl_init($url);
        curl_setopt_array($request, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 2]);
        curl_exec($request);
        return curl_errno($request);
    }

    private function authority(): string
    {
        preg_match('/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s', file_get_contents('/etc/ssl/certs/ca-certificates.crt'), $found);
        return $found[0];
    }
}
