import Glibc
import Postgres

/// How client programs come to a database, secrets in their environment alone.
struct ClientAccess: Sendable {
  let connectionString: String
  let environment: [String: String]

  /// - Parameter directory: for a file with those secrets that no variable of libpq's is there for.
  /// - Throws: `CommandFailure` where that can't be written.
  init(_ parameters: ClientParameters, side: Side, in directory: WorkingDirectory) throws(CommandFailure) {
    guard let text = parameters.serviceFile else {
      connectionString = parameters.connectionString
      environment = parameters.environment
      return
    }
    let path = try directory.write(text, to: "\(side.rawValue).conf")
    let (with, variable) = parameters.using(serviceFile: path)
    connectionString = with.connectionString
    environment = parameters.environment.merging([variable.0: variable.1]) { $1 }
  }
}

extension ClientAccess: CustomReflectable {
  /// The environment has secrets.
  var customMirror: Mirror {
    Mirror(self, children: ["connectionString": connectionString], displayStyle: .struct)
  }
}

/// A directory of this run's own, which nobody else can read. It is removed with what is in it.
final class WorkingDirectory: Sendable {
  let path: String

  /// - Parameter parent: such as the environment's TMPDIR.
  /// - Throws: `CommandFailure`.
  init(in parent: String?) throws(CommandFailure) {
    let place = parent.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(place)/timescaledb-backfill-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .failed(.program(.noDirectory(in: place, reason: String(cString: strerror(errno)))))
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    guard let entries = opendir(path) else { return }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink("\(path)/\(name)") }
    }
    closedir(entries)
    rmdir(path)
  }

  /// - Returns: the file's path.
  /// - Throws: `CommandFailure`.
  func write(_ text: String, to name: String) throws(CommandFailure) -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .failed(.program(.unwritable(file, reason: String(cString: strerror(errno)))))
    }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        throw .failed(.program(.unwritable(file, reason: String(cString: strerror(errno)))))
      }
      rest = rest.dropFirst(count)
    }
    return file
  }
}
