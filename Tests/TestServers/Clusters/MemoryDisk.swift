import Foundation

/// Keeps servers' directories in memory, where mounting is permitted and there is enough of it: nothing in them has to
/// outlive the tests, and on a disk file system half of the time that tests take goes into making and removing files.
///
/// What a directory holds goes when the watchdog unmounts it.
enum MemoryDisk {
  /// In bytes: room for the tests' own servers and whatever else the machine does, and for each shared server, which takes
  /// up to 700 MB.
  private static var needed: Int { (4 + TestServer.found.count) << 30 }

  /// Whether servers' directories are kept in memory, the same for all of a run.
  static let isUsed = ScarceDisk.isPermitted && free >= needed

  /// Has a directory that exists, as seen from this process, kept in memory.
  ///
  /// - Throws: `HarnessError` when that fails though it was found permitted.
  static func cover(_ directory: String) throws {
    var owner = stat()
    stat(directory, &owner)
    let options = "mode=0700,uid=\(owner.st_uid),gid=\(owner.st_gid)"
    guard mount("tmpfs", directory, "tmpfs", 0, options) == 0 else {
      throw HarnessError("cannot keep \(directory) in memory: \(String(cString: strerror(errno)))")
    }
  }

  /// In bytes, as far as the machine and a container's limit leave it.
  private static var free: Int {
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    return limits.compactMap { number(in: text(of: $0)[...]) }.reduce(available, min)
  }

  /// MemAvailable of https://man7.org/linux/man-pages/man5/proc_meminfo.5.html, given in kB.
  private static var available: Int {
    let line = text(of: "/proc/meminfo").split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return (line.flatMap { number(in: $0.dropFirst("MemAvailable:".count)) } ?? 0) * 1024
  }

  private static func number(in text: Substring) -> Int? {
    text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }

  private static func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
