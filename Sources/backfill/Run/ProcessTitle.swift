import Glibc

/// What others on the machine see of this process. A command line is readable for everybody as long as the process
/// lives, so the connection strings in it are wiped as soon as they are read. That shortens the time, and no more: the
/// environment and password files are the places for secrets.
enum ProcessTitle {
  static func hideConnectionStrings() {
    guard let area = argumentArea() else { return }
    let names = Option.allCases.filter(\.isSecret).map { Array("--\($0.long)".utf8) }
    var position = 0
    var isValue = false
    while position < area.count {
      let end = area[position...].firstIndex(of: 0) ?? area.count
      let word = area[position..<end]
      if isValue {
        hide(position..<end, in: area)
      } else if let name = names.first(where: { word.starts(with: $0 + [UInt8(ascii: "=")]) }) {
        hide(position + name.count + 1..<end, in: area)
      }
      isValue = !isValue && names.contains { word.elementsEqual($0) }
      position = end + 1
    }
  }

  private static func hide(_ range: Range<Int>, in area: UnsafeMutableBufferPointer<UInt8>) {
    for index in range { area[index] = UInt8(ascii: "*") }
  }

  /// The memory that /proc/self/cmdline shows, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (arg_start,
  /// arg_end); nil where the system doesn't tell. `CommandLine` may have a copy of its own.
  private static func argumentArea() -> UnsafeMutableBufferPointer<UInt8>? {
    guard let text = contents(of: "/proc/self/stat"), let name = text.lastIndex(of: ")") else { return nil }
    // The second field is the program's name in parentheses, which may hold anything.
    let fields = text[name...].dropFirst(2).split(separator: " ")
    guard fields.count > 46, let start = UInt(fields[45]), let end = UInt(fields[46]), start > 0, start < end,
      let address = UnsafeMutablePointer<UInt8>(bitPattern: start)
    else { return nil }
    return UnsafeMutableBufferPointer(start: address, count: Int(end - start))
  }

  private static func contents(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(0, read(file, buffer.baseAddress, buffer.count))
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
