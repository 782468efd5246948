import Postgres
import Testing

@testable import backfill

@Suite("Certificate authorities")
struct CertificateAuthoritiesTests {
  private let bundled = ClientLibrary(
    version: "18.6", security: "OpenSSL", path: "/opt/backfill/lib/timescaledb-backfill/libpq.so.5")
  private let debian = ClientLibrary(
    version: "17.1", security: "OpenSSL", path: "/usr/lib/x86_64-linux-gnu/libpq.so.5.17")
  private let redHat = "/etc/pki/tls/certs/ca-bundle.crt"

  @Test("are the first that the machine has, for the package's own libpq")
  func found() {
    #expect(CertificateAuthorities.file(bundled, environment: [:]) { $0 == redHat } == redHat)
    #expect(
      CertificateAuthorities.file(bundled, environment: [:]) { _ in true }
        == "/etc/ssl/certs/ca-certificates.crt")
    #expect(CertificateAuthorities.file(bundled, environment: [:]) { _ in false } == nil)
  }

  @Test("are the user's, where they are named", arguments: ["SSL_CERT_FILE", "SSL_CERT_DIR"])
  func named(variable: String) {
    #expect(CertificateAuthorities.file(bundled, environment: [variable: "/mine"]) { _ in true } == nil)
  }

  @Test("are left to a distribution's libpq")
  func system() {
    #expect(CertificateAuthorities.file(debian, environment: [:]) { _ in true } == nil)
  }
}
