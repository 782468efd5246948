import Glibc

/// A file that is read as a whole.
enum TextFile {
  enum Failure: Error, Equatable {
    /// The system said why.
    case unreadable(reason: String)
    /// It isn't UTF-8.
    case noText
  }

  /// - Throws: `Failure`.
  static func read(_ path: String) throws(Failure) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      var error: Int32 = 0
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let number = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        error = number < 0 ? errno : 0
        count = max(0, number)
      }
      if error == EINTR { continue }
      guard error == 0 else { throw failure(error) }
      guard !part.isEmpty else { break }
      bytes += part
    }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw .noText }
    return text
  }

  private static func failure(_ error: Int32) -> Failure {
    .unreadable(reason: String(cString: strerror(error)))
  }
}
