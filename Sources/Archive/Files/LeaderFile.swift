import Glibc

/// Which of the processes that write one archive leads: it has the file locked for as long as it lives, and its
/// snapshot is the one that all of them read.
public struct LeaderFile: ~Copyable {
  public static let file = "export.lock"

  private let directory: ArchiveDirectory
  private let descriptor: Int32

  /// - Returns: nil where another process leads.
  /// - Throws: `ArchiveFault`.
  public static func take(in directory: ArchiveDirectory) throws(ArchiveFault) -> LeaderFile? {
    guard let descriptor = try directory.openLocked(file, for: file) else { return nil }
    let leader = LeaderFile(directory: directory, descriptor: descriptor)
    guard ftruncate(descriptor, 0) == 0 else { throw directory.fault(errno, file: file) }
    return leader
  }

  /// Nobody follows a leader that is gone.
  deinit {
    _ = ftruncate(descriptor, 0)
    close(descriptor)
  }

  /// Tells the others, once the manifest is there.
  ///
  /// - Throws: `ArchiveFault`.
  public func announce(snapshot: String) throws(ArchiveFault) {
    let bytes = Array((snapshot + "\n").utf8)
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw directory.fault(errno, file: Self.file)
    }
  }

  /// Lets another process lead.
  public consuming func resign() {}

  /// The snapshot of the process that leads; nil while it hasn't told.
  ///
  /// - Throws: `ArchiveFault`.
  public static func announced(in directory: ArchiveDirectory) throws(ArchiveFault) -> String? {
    let descriptor = open(directory.place(of: file), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw directory.fault(errno, file: file) }
      return nil
    }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    return String(validating: bytes.dropLast(), as: UTF8.self)
  }
}
