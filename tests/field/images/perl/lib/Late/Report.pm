package Late::Report;

# What a second request brings in: extensions, encodings, character names, time zones, accounts, a database.
use strict;
use warnings;
use utf8;
use charnames ':full';
use DBI;
use DateTime;
use Digest::SHA;
use Encode;
use IO::Uncompress::Gunzip qw(gunzip);
use IO::Compress::Gzip qw(gzip);
use JSON;
use List::Util qw(sum);
use POSIX ();
use Socket qw(getaddrinfo AF_INET);
use Storable qw(dclone);
use Text::Wrap ();
use Time::HiRes ();
use Unicode::Normalize ();

sub text {
  my $database = DBI->connect('dbi:SQLite:dbname=:memory:', '', '', {RaiseError => 1});
  my ($total) = $database->selectrow_array(q{select sum(value) from json_each('[20, 22]')});
  gzip(\'squeezed' => \my $squeezed);
  gunzip(\$squeezed => \my $text);
  return JSON->new->canonical->ascii->encode({
    total => $total,
    local => POSIX::strftime('%H:%M %Z', localtime 0),
    new_york => DateTime->new(year => 2024, month => 7, day => 1, hour => 12, time_zone => 'UTC')->set_time_zone('America/New_York')->strftime('%H:%M %Z'),
    koi8 => unpack('H*', Encode::encode('koi8-u', 'Привет')),
    kanji => unpack('H*', Encode::encode('shiftjis', '漢字')),
    digest => Digest::SHA::sha512256_hex('ocislim'),
    name => charnames::viacode(0x2603),
    upper => uc 'straße',
    user => scalar getpwuid($<),
    text => $text,
    nfd => length Unicode::Normalize::NFD('é'),
    sum => sum(@{dclone([1, 2, 3])}),
  }) . "\n";
}

1;
