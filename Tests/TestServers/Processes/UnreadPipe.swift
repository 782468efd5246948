import Foundation

/// A pipe for a command's standard output that is full from the beginning, and is read when the test says so: a pager
/// whose user has gone for coffee, a log shipper that is stuck.
public final class UnreadPipe: Sendable {
  /// A named one, as no other child may inherit an end of it by accident.
  let path: String
  private let readEnd: Int32
  private static let filling = UInt8(ascii: "\n")
  /// fcntl(2)'s F_SETPIPE_SZ, a macro of Linux that Swift doesn't import.
  private static let setPipeSize: Int32 = 1031

  /// - Throws: `HarnessError` when the system has no pipe to give.
  public init() throws {
    path = "/tmp/backfill-test-pipe-\(UUID().uuidString)"
    readEnd = mkfifo(path, 0o600) == 0 ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1
    let writeEnd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    guard readEnd >= 0, writeEnd >= 0 else {
      throw HarnessError("no pipe: \(String(cString: strerror(errno)))")
    }
    _ = fcntl(writeEnd, Self.setPipeSize, 4096)
    let page = [UInt8](repeating: Self.filling, count: 4096)
    while write(writeEnd, page, page.count) > 0 {}
    close(writeEnd)
    _ = fcntl(readEnd, F_SETFL, 0)
  }

  deinit {
    close(readEnd)
    unlink(path)
  }

  /// Reads to the end, which is when the command has ended.
  public func readAll() async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { [self] in
        var text: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65536)
        while true {
          let count = read(readEnd, &bytes, bytes.count)
          guard count > 0 else { break }
          text += bytes[..<count]
        }
        continuation.resume(returning: String(decoding: text.drop { $0 == Self.filling }, as: UTF8.self))
      }
    }
  }
}
