import Foundation

/// A small file system in memory for a tablespace, which can be filled up and emptied again. It goes with its cluster:
/// the watchdog unmounts it.
///
/// Mounting is a privilege that not every root has, in containers say.
public final class ScarceDisk: Sendable {
  /// The directory for `CREATE TABLESPACE ... LOCATION`.
  public let location: String
  private let mountPoint: String

  /// Its place in the cluster's directory.
  static let name = "scarce"

  /// - Throws: `HarnessError` with the reason why there can be none.
  public init(of cluster: TestCluster, megabytes: Int) async throws {
    let installation = cluster.installation
    mountPoint = cluster.socketDirectory + "/\(Self.name)"
    location = cluster.insideDirectory + "/\(Self.name)/space"
    guard geteuid() == 0 else { throw HarnessError("only root can mount a small file system") }
    try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
    guard mount("tmpfs", mountPoint, "tmpfs", 0, "size=\(megabytes)m,mode=0755") == 0 else {
      throw HarnessError(
        "mounting a small file system is not permitted here: \(String(cString: strerror(errno)))")
    }
    try installation.own(mountPoint + "/space", like: cluster.socketDirectory + "/data")
  }

  /// Whether one can be mounted here, found out by trying.
  public static let isPermitted: Bool = {
    let place = NSTemporaryDirectory() + "/scarce-\(UUID().uuidString)"
    guard geteuid() == 0, mkdir(place, 0o700) == 0 else { return false }
    defer { rmdir(place) }
    guard mount("tmpfs", place, "tmpfs", 0, "size=1m") == 0 else { return false }
    return umount2(place, Int32(MNT_DETACH)) == 0
  }()

  /// Leaves not a byte.
  public func fill() throws {
    let file = open(mountPoint + "/ballast", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw HarnessError("no ballast: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    for size in [64 * 1024, 4096, 1] {
      let zeros = [UInt8](repeating: 0, count: size)
      while write(file, zeros, size) == size {}
    }
  }

  /// Makes room again.
  public func empty() { unlink(mountPoint + "/ballast") }
}

extension Installation {
  /// Makes a directory that belongs to whoever a directory belongs to.
  func own(_ directory: String, like other: String) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var owner = stat()
    stat(other, &owner)
    chown(directory, owner.st_uid, owner.st_gid)
    chmod(directory, 0o700)
  }
}
