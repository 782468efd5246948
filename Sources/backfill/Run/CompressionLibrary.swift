import Glibc

/// A library that compresses, as this process has loaded it. It is asked by the name of its function, because only commands
/// that write or read compressed files make a build need it, and libpq may bring it, too.
enum CompressionLibrary: String, CaseIterable {
  case zstd
  case zlib

  /// As the library tells it, like `1.5.7`; nil where it isn't loaded.
  var version: String? {
    switch self {
    case .zstd: Self.answer(of: "ZSTD_versionString")
    case .zlib: Self.answer(of: "zlibVersion")
    }
  }

  /// What a function without parameters that returns a string says; nil if nothing that is loaded has it.
  static func answer(of function: String) -> String? {
    guard let symbol = dlsym(nil, function) else { return nil }
    let ask = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<CChar>?).self)
    return ask().map { String(cString: $0) }
  }
}
