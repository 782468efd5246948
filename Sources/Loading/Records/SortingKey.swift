/// The beginning of a value as it stands in the file. Keys are in the order of bytes. Whether that is the order of what
/// they mean matters for nothing but speed, so that neither the type nor the way it is written has to be known.
struct SortingKey: Sendable, Comparable {
  /// Bytes of a value that count.
  static let length = 16
  /// Of what has no value: in front of all others.
  static let none = SortingKey(UnsafeRawBufferPointer(start: nil, count: 0))

  private let high: UInt64
  private let low: UInt64

  init(_ value: UnsafeRawBufferPointer) {
    high = Self.word(value, at: 0)
    low = Self.word(value, at: 8)
  }

  static func < (one: SortingKey, two: SortingKey) -> Bool {
    one.high != two.high ? one.high < two.high : one.low < two.low
  }

  /// Eight bytes, the first of which counts most; zeros behind the value's end.
  private static func word(_ value: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    if value.count >= place + 8 {
      return UInt64(bigEndian: value.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
    return (place..<place + 8).reduce(0) { word, index in
      word << 8 | (index < value.count ? UInt64(value[index]) : 0)
    }
  }
}

/// Finds one value in each record. As where records end, that is told by bytes alone: in the encodings that are loaded,
/// no byte of a longer character looks like a mark.
struct SortingKeyFinder: Sendable {
  /// The value's place in a record, counted from 0.
  let column: Int
  private let delimiter: UInt8
  /// nil in the text format.
  private let quotes: (quote: UInt8, escape: UInt8)?

  init(_ format: RecordFormat, column: Int) {
    self.column = column
    delimiter = format.delimiter
    quotes = format.kind == .csv ? (format.quote, format.escape) : nil
  }

  /// - Parameter record: without its newline; a carriage return at its end is no part of a value.
  /// - Returns: `.none` where it has too few values, or NULL as COPY writes it.
  func key(of record: UnsafeRawBufferPointer) -> SortingKey {
    let hasReturn = record.last == Byte.carriageReturn
    let record = hasReturn ? UnsafeRawBufferPointer(rebasing: record.dropLast()) : record
    guard let start = start(in: record) else { return .none }
    var value = UnsafeRawBufferPointer(rebasing: record[start...])
    var end = delimiter
    if let quotes {
      if value.first == quotes.quote {
        value = UnsafeRawBufferPointer(rebasing: value.dropFirst())
        end = quotes.quote
      }
    } else if value.first == Byte.backslash {
      return .none
    }
    let beginning = value.prefix(SortingKey.length).prefix { $0 != end }
    return SortingKey(UnsafeRawBufferPointer(rebasing: beginning))
  }

  /// Where the value begins.
  private func start(in record: UnsafeRawBufferPointer) -> Int? {
    var place = 0
    for _ in 0..<column {
      guard let end = endOfValue(in: record, from: place) else { return nil }
      place = end + 1
    }
    return place
  }

  /// The delimiter behind a value; nil behind the last one.
  private func endOfValue(in record: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    var isQuoted = false
    while place < record.count {
      let byte = record[place]
      if byte == delimiter, !isQuoted { return place }
      if let quotes {
        if isQuoted, byte == quotes.escape, place + 1 < record.count,
          record[place + 1] == quotes.quote || record[place + 1] == quotes.escape
        {
          place += 1
        } else if byte == quotes.quote {
          isQuoted.toggle()
        }
      } else if byte == Byte.backslash {
        place += 1
      }
      place += 1
    }
    return nil
  }
}
