internal import CZlib
internal import CZstd

/// What an input is compressed with.
public enum Compression: String, Sendable, CaseIterable {
  case gzip
  case zstd

  /// What takes it apart.
  public var library: String {
    switch self {
    case .gzip: "zlib"
    case .zstd: "zstd"
    }
  }

  /// Of the library that this process has loaded, as that tells it, like `1.5.7`.
  public var libraryVersion: String {
    switch self {
    case .gzip: String(cString: zlibVersion())
    case .zstd: String(cString: ZSTD_versionString())
    }
  }
}
