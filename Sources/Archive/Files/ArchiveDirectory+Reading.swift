import Glibc
internal import JSONValues

extension ArchiveDirectory {
  /// Reads a file block by block.
  ///
  /// - Throws: `ArchiveFault`; what `body` throws.
  func read(_ file: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let descriptor = open(place(of: file), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? ArchiveFault.missing(file: file) : fault(errno, file: file)
    }
    defer { close(descriptor) }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 1)
    defer { block.deallocate() }
    while true {
      let count = Glibc.read(descriptor, block.baseAddress, block.count)
      if count == 0 { return }
      if count > 0 {
        try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(block)[..<count]))
      } else if errno != EINTR {
        throw fault(errno, file: file)
      }
    }
  }

  /// Reads a text file that has to be there.
  ///
  /// - Parameter limit: how many bytes it may have.
  /// - Throws: `ArchiveFault`.
  func json(_ file: String, limit: Int) throws -> JSON {
    var bytes: [UInt8] = []
    try read(file) { block in
      guard bytes.count + block.count <= limit else {
        throw ArchiveFault.unreadable(file: file, .tooLarge)
      }
      bytes += block
    }
    do {
      // The shortest that this program writes has more than four bytes for each value.
      return try JSONReader.read(bytes, most: limit / 4)
    } catch {
      throw ArchiveFault.unreadable(file: file, error == .noJSON ? .noJSON : .tooLarge)
    }
  }
}
