import ChunkCatalog
import Loading
import Postgres
import Waiting

/// All inputs as they are when the load begins.
struct LoadInputs {
  struct Item {
    let file: LoadFile
    let identity: InputIdentity?
    /// Of the data without compression, nil where that isn't known.
    let size: Int64?
    /// Bytes in front of the data.
    let start: Int64
    let headerBytes: [UInt8]?
  }

  let items: [Item]
  /// By their place: those that can be read once.
  private(set) var opened: [Int: OpenedInput] = [:]
  /// What the header of the first input that has one names; nil without.
  let header: [[UInt8]]?

  /// Opens each input, looks what it is, and closes it again.
  ///
  /// - Throws: `CommandFailure`.
  init(_ options: LoadOptions, interrupt: Interrupt) throws(CommandFailure) {
    guard !options.files.isEmpty else { throw .usage(.load(.noInput)) }
    var items: [Item] = []
    var opened: [Int: OpenedInput] = [:]
    var header: [[UInt8]]?
    for file in options.files {
      do throws(InputFailure) {
        let input = try OpenedInput(
          file.path, options.format, hasHeader: options.hasHeader, interrupt: interrupt)
        let identity = try input.stream.file.identity()
        if let names = input.header?.names {
          guard header == nil || header == names else { throw .changed }
          header = names
        }
        if identity == nil { opened[items.count] = input }
        items.append(
          Item(
            file: identity.map { LoadFile($0.path) } ?? file, identity: identity,
            size: input.stream.compression == nil ? identity?.size : nil, start: input.position,
            headerBytes: input.header?.bytes))
      } catch {
        throw Self.failure(error, file.shown)
      }
    }
    guard opened.isEmpty || items.count == 1 else { throw .usage(.load(.severalStandardInputs)) }
    (self.items, self.opened, self.header) = (items, opened, header)
  }

  private static func failure(_ failure: InputFailure, _ name: String) -> CommandFailure {
    switch failure {
    case .stopped: .stopped(.working)
    case .changed: .failed(.load(.otherHeader(path: name)))
    case .system, .isDirectory: .usage(.load(.input(path: name, failure)))
    default: .failed(.load(.input(path: name, failure)))
    }
  }

  var identities: [InputIdentity] { items.compactMap(\.identity) }

  /// Of all of them, nil where that isn't known of one.
  var allBytes: Int64? {
    let sizes = items.compactMap(\.size)
    return sizes.count == items.count ? sizes.reduce(0, +) : nil
  }

  /// As the load's record has them.
  var recorded: [RecordedInput] {
    items.enumerated().map { number, item in
      RecordedInput(
        number: number, path: item.identity?.path ?? item.file.path, size: item.identity?.size,
        modified: item.identity?.modified, head: item.identity?.head, tail: item.identity?.tail)
    }
  }

  /// For reading, without what is loaded already: by the numbers that the load's record gives them.
  func sources(_ recorded: [RecordedInput], marks: [LoadMark]) -> [LoadSource.Input] {
    let loaded = Dictionary(grouping: marks, by: \.input).mapValues { marks in
      marks.map { LoadedRange(bytes: $0.bytes, lines: $0.lines) }
    }
    return items.enumerated().map { place, item in
      let number = recorded.first { $0.path == item.identity?.path }?.number ?? place
      return LoadSource.Input(
        number: number, file: item.file, identity: item.identity, start: item.start,
        loaded: loaded[number] ?? [])
    }
  }
}

extension LoadInputs {
  /// The names that the header has, read in the input's encoding as the server reads it.
  ///
  /// - Throws: `CommandFailure`; `PostgresError`.
  func headerNames(_ format: RecordFormat, on session: borrowing Connection) throws -> [String]? {
    guard let header else { return nil }
    var names: [String] = []
    for bytes in header {
      if format.isUTF8, let name = String(validating: bytes, as: UTF8.self) {
        names.append(name)
        continue
      }
      let digits = RejectedRecord.hex(bytes)
      names.append(
        try session.queryRow(
          "SELECT convert_from(decode(\(digits), 'hex'), \(format.encoding ?? "UTF8")) AS name",
          doing: "reading the header"
        ) { row throws(PostgresError) in try row.text("name") })
    }
    return names
  }
}
