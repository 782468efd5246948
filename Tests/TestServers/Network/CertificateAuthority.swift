import Foundation

/// A certificate authority of a test's own, made with this machine's openssl.
public final class CertificateAuthority: Sendable {
  /// The authority's own certificate, for `sslrootcert`.
  public let certificatePath: String
  private let directory: String

  /// A certificate and its key, as files.
  public struct Credential: Sendable {
    public let certificatePath: String
    public let keyPath: String
  }

  public init(name: String) async throws {
    let template = NSTemporaryDirectory() + "/backfill-ca-XXXXXX"
    var path = Array(template.utf8CString)
    guard mkdtemp(&path) != nil else { throw HarnessError("no directory for an authority") }
    directory = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    certificatePath = directory + "/authority.crt"
    try await Self.openssl(
      ["req", "-x509"] + Self.newKey + [
        "-days", "2", "-subj", "/CN=\(name)", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout",
        directory + "/authority.key", "-out", certificatePath,
      ])
  }

  /// Without a passphrase. A key on a curve takes much less time than one of RSA, to make and to use.
  static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Issues a certificate.
  ///
  /// - Parameters:
  ///   - commonName: the subject; a role's name for a client's certificate.
  ///   - hostNames: what a server's certificate is good for.
  public func issue(commonName: String, hostNames: [String] = []) async throws -> Credential {
    let base = directory + "/\(UUID().uuidString)"
    let names =
      hostNames.isEmpty ? "" : "subjectAltName=" + hostNames.map { "DNS:\($0)" }.joined(separator: ",")
    try names.write(toFile: base + ".ext", atomically: false, encoding: .utf8)
    try await Self.openssl(
      ["req"] + Self.newKey + [
        "-subj", "/CN=\(commonName)", "-keyout", base + ".key", "-out", base + ".csr",
      ])
    chmod(base + ".key", 0o600)
    try await Self.openssl([
      "x509", "-req", "-in", base + ".csr", "-CA", certificatePath, "-CAkey", directory + "/authority.key",
      "-CAcreateserial", "-days", "2", "-extfile", base + ".ext", "-out", base + ".crt",
    ])
    return Credential(certificatePath: base + ".crt", keyPath: base + ".key")
  }

  private static func openssl(_ arguments: [String]) async throws {
    let messages = try ScratchFile()
    let child = try ChildProcess.start(
      ["openssl"] + arguments, output: .writing(messages.path), errors: .writing(messages.path))
    guard try await child.ending(within: .seconds(60), doing: "openssl") == .exited(0) else {
      throw HarnessError("openssl \(arguments.joined(separator: " ")) failed:\n\(messages.text)")
    }
  }
}

extension TestCluster {
  /// Lets the server, which must have been made with TLS, answer with a certificate, and ask for those of an authority.
  public func present(
    _ credential: CertificateAuthority.Credential, trusting authority: CertificateAuthority
  ) throws {
    let data = socketDirectory + "/data"
    let files = [
      ("server.crt", credential.certificatePath), ("server.key", credential.keyPath),
      ("root.crt", authority.certificatePath),
    ]
    for (name, source) in files {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: source))
      // Written in place, so that owner and permissions stay.
      try bytes.write(to: URL(fileURLWithPath: "\(data)/\(name)"))
      var owner = stat()
      stat(data, &owner)
      chown("\(data)/\(name)", owner.st_uid, owner.st_gid)
      chmod("\(data)/\(name)", name == "server.key" ? 0o600 : 0o644)
    }
    try executeAsSuperuser("ALTER SYSTEM SET ssl_ca_file = 'root.crt'")
    try executeAsSuperuser("SELECT pg_reload_conf()")
  }

  /// Puts a line before all others of pg_hba.conf, such as `hostssl all app all cert`.
  public func allow(first rule: String) throws {
    let path = socketDirectory + "/data/pg_hba.conf"
    let rules = try String(contentsOfFile: path, encoding: .utf8)
    try (rule + "\n" + rules).write(toFile: path, atomically: false, encoding: .utf8)
    try executeAsSuperuser("SELECT pg_reload_conf()")
  }
}
