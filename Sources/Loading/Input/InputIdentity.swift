import Glibc

/// What tells a file from another one of its name.
public struct InputIdentity: Sendable, Equatable {
  /// Of a file: what the system makes of it, without links.
  public var path: String
  /// Bytes, as they are on the disk.
  public var size: Int64
  /// When it was last written to, in nanoseconds since 1970.
  public var modified: Int64
  /// Of its beginning and its end.
  public var head: String
  public var tail: String

  public init(path: String, size: Int64, modified: Int64, head: String, tail: String) {
    self.path = path
    self.size = size
    self.modified = modified
    self.head = head
    self.tail = tail
  }

  public enum Fact: String, Sendable, CaseIterable {
    case size
    case modified
    case contents
  }

  /// What is different from a file of the same name.
  public func differences(from other: InputIdentity) -> [Fact] {
    Fact.allCases.filter { fact in
      switch fact {
      case .size: size != other.size
      case .modified: modified != other.modified
      case .contents: head != other.head || tail != other.tail
      }
    }
  }
}

extension InputFile {
  /// Bytes at either end that are looked at.
  private static let sample = 64 * 1024

  /// Looks at the file as it is now, wherever it is being read; nil for what can't be read again.
  public func identity() throws(InputFailure) -> InputIdentity? {
    guard isResumable else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(reason: Self.reason(errno)) }
    let size = Int64(status.st_size)
    let length = min(size, Int64(Self.sample))
    return InputIdentity(
      path: try realPath(), size: size,
      modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
      head: try hash(from: 0, length), tail: try hash(from: size - length, length))
  }

  private func realPath() throws(InputFailure) -> String {
    guard let real = realpath(path, nil) else { throw .system(reason: Self.reason(errno)) }
    defer { free(real) }
    return String(cString: real)
  }

  /// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): against mistakes, not against forgers.
  private func hash(from start: Int64, _ length: Int64) throws(InputFailure) -> String {
    var error: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      while count < Int(length) {
        let number = pread(
          descriptor, buffer.baseAddress.map { $0 + count }, Int(length) - count, off_t(start) + off_t(count))
        if number < 0, errno == EINTR { continue }
        if number < 0 { error = errno }
        guard number > 0 else { break }
        count += number
      }
    }
    guard error == 0 else { throw .system(reason: Self.reason(error)) }
    // Shorter than it was a moment ago.
    guard bytes.count == Int(length) else { throw .changed }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
