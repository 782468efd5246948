import Glibc
import Postgres

/// The machine's certificate authorities, for `sslrootcert=system`. A distribution's OpenSSL knows where they are; the one in
/// the portable package, which runs on many, can't.
enum CertificateAuthorities {
  /// Debian and Ubuntu; Amazon Linux, RHEL and Fedora; SUSE; Alpine.
  static let files = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  /// The file to name in SSL_CERT_FILE, which OpenSSL reads; nil if nothing is to be said.
  static func file(
    _ library: ClientLibrary, environment: [String: String], exists: (String) -> Bool
  ) -> String? {
    guard library.isBundled, environment["SSL_CERT_FILE"] == nil, environment["SSL_CERT_DIR"] == nil else {
      return nil
    }
    return files.first(where: exists)
  }

  /// To be called while there is one thread.
  static func tell(_ library: ClientLibrary, environment: [String: String]) {
    guard let file = file(library, environment: environment, exists: { access($0, R_OK) == 0 }) else {
      return
    }
    setenv("SSL_CERT_FILE", file, 1)
  }
}
