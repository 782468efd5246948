import Glibc

/// A batch's records in the order of one of their values, so that the server isn't sent to another chunk by each of them.
/// Every record is the same bytes in another place. It is for a batch that is sent at once: finding a bad record needs
/// the order of the file, which the batch keeps.
///
/// What is known of the records takes no more memory than the batch itself, and they are gathered in small blocks.
public struct SortedRecords {
  private let batch: Batch
  /// Where each record begins, in the order of the file, and where the last one ends.
  private let starts: [UInt32]
  /// The records' numbers in their new order.
  private let order: [UInt32]

  /// Bytes that are gathered at a time.
  private static let block = 64 * 1024
  /// The most bytes that are needed for one record while they are sorted: its key, where it begins, its number, and that
  /// of half of them again in what the standard library sorts with.
  private static let memory = SortingKey.length + 4 + 4 + 2
  /// A batch is in order if no more than one record in so many stands in front of the one before it. Sorting takes as long
  /// as a few percent of what the server does with a batch.
  private static let orderly = 64

  /// - Parameters:
  ///   - batch: isn't to be filled anew meanwhile.
  ///   - column: the value's place in a record, counted from 0.
  /// - Returns: nil where the batch is to be sent as it is: it is mostly in order, upwards or downwards; its records can't
  ///   be moved as they are; or they are so short that this would take more memory than the batch.
  public init?(_ batch: Batch, _ format: RecordFormat, by column: Int) {
    guard Self.isMovable(batch), batch.records * Self.memory <= batch.bytes.count else { return nil }
    let (keys, starts) = Self.find(in: batch, SortingKeyFinder(format, column: column))
    guard !Self.isOrderly(keys) else { return nil }
    var order = Array(0..<UInt32(keys.count))
    order.sort { one, two in
      let (first, second) = (keys[Int(one)], keys[Int(two)])
      // Those of one key stay in their order.
      return first != second ? first < second : one < two
    }
    (self.batch, self.starts, self.order) = (batch, starts, order)
  }

  /// Each record is a line with a newline at its end: behind a last one without, no other can stand, and ends of records
  /// with newlines in them would have to be looked for in another way.
  private static func isMovable(_ batch: Batch) -> Bool {
    batch.lines == Int64(batch.records) && batch.bytes.last == Byte.newline
      && UInt32(exactly: batch.bytes.count) != nil
  }

  /// What is to be known of each line.
  private static func find(
    in batch: Batch, _ finder: SortingKeyFinder
  ) -> (keys: [SortingKey], starts: [UInt32]) {
    let bytes = batch.bytes
    var (keys, starts): ([SortingKey], [UInt32]) = ([], [])
    keys.reserveCapacity(batch.records)
    starts.reserveCapacity(batch.records + 1)
    var start = 0
    guard let base = bytes.baseAddress else { return ([], []) }
    while let newline = memchr(base + start, Int32(Byte.newline), bytes.count - start) {
      let end = base.distance(to: UnsafeRawPointer(newline))
      keys.append(finder.key(of: UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
      starts.append(UInt32(start))
      start = end + 1
    }
    starts.append(UInt32(start))
    return (keys, starts)
  }

  private static func isOrderly(_ keys: [SortingKey]) -> Bool {
    var (ascents, descents) = (0, 0)
    for (one, two) in zip(keys, keys.dropFirst()) {
      if one < two { ascents += 1 }
      if two < one { descents += 1 }
    }
    return min(ascents, descents) * orderly <= keys.count
  }

  /// Hands over all records, a block of whole ones at a time.
  public func forEachBlock<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let bytes = batch.bytes
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.block, alignment: 64)
    defer { block.deallocate() }
    var filled = 0
    for number in order {
      let place = Int(starts[Int(number)])..<Int(starts[Int(number) + 1])
      let record = UnsafeRawBufferPointer(rebasing: bytes[place])
      if filled > 0, filled + record.count > block.count {
        try body(UnsafeRawBufferPointer(rebasing: block[..<filled]))
        filled = 0
      }
      if record.count > block.count {
        try body(record)
      } else {
        UnsafeMutableRawBufferPointer(rebasing: block[filled...]).copyMemory(from: record)
        filled += record.count
      }
    }
    if filled > 0 { try body(UnsafeRawBufferPointer(rebasing: block[..<filled])) }
  }
}
