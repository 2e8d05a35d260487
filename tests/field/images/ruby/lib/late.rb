# What a second request brings in: a gem that was not used yet, extensions, encodings, time zones, accounts, the resolver.
require 'json'
require 'digest'
require 'etc'
require 'openssl'
require 'socket'
require 'time'
require 'tzinfo'
require 'yaml'
require 'zlib'

module Late
  def self.report
    moment = Time.utc(2024, 7, 1, 12)
    JSON.generate(
      local: moment.getlocal.strftime('%H:%M %Z'),
      new_york: TZInfo::Timezone.get('America/New_York').utc_to_local(moment).strftime('%H:%M %Z'),
      koi8: 'Привет'.encode('KOI8-U').bytes,
      kanji: '漢字'.encode('Shift_JIS').bytes,
      digest: OpenSSL::Digest.new('SHA3-256').hexdigest('ocislim'),
      md5: Digest::MD5.hexdigest('ocislim'),
      yaml: YAML.safe_load("a: [1, 2]\n"),
      zlib: Zlib.inflate(Zlib.deflate('squeezed')),
      address: Addrinfo.getaddrinfo('localhost', 80, :INET, :STREAM).first.ip_address,
      trust: OpenSSL::X509::Store.new.tap(&:set_default_paths).is_a?(OpenSSL::X509::Store) && File.exist?(OpenSSL::X509::DEFAULT_CERT_DIR),
      user: Etc.getpwuid.name,
      time: Time.parse('2024-07-01T12:00:00Z').iso8601
    )
  end
end
