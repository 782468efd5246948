import Loading
import Synchronization
import Waiting

/// All inputs of a load, one after the other, out of which workers take batches. Whoever takes one reads it from the
/// disk, looks for its end, and lets the next worker: that goes many times as fast as a server loads.
///
/// Unchecked: what is being read is only touched with the lock held.
final class LoadSource: @unchecked Sendable {
  /// An input, and what of it is loaded.
  struct Input: Sendable {
    var number: Int
    var file: LoadFile
    /// nil of what can't be read again.
    var identity: InputIdentity?
    /// Where data begins.
    var start: Int64
    var loaded: [LoadedRange] = []

    /// As messages call it.
    var name: String { file.shown }
  }

  let inputs: [Input]
  private let format: RecordFormat
  private let hasHeader: Bool
  private let interrupt: Interrupt
  private let lock = Mutex(())
  /// What stands in each input where no record is a header.
  private var opened: [Int: OpenedInput]
  private var place = 0
  private var reader: (reader: BatchReader, stream: InputStream)?
  private var failure: LoadFailure?
  /// How many bytes each input has that was read to its end.
  private var lengths: [Int: Int64] = [:]
  private let exhausted = Atomic(false)

  /// - Parameter opened: inputs that can't be opened once more.
  init(
    _ inputs: [Input], opened: [Int: OpenedInput], _ options: LoadOptions, interrupt: Interrupt
  ) {
    self.inputs = inputs
    self.opened = opened
    format = options.format
    hasHeader = options.hasHeader
    self.interrupt = interrupt
  }

  /// Nothing is left to be taken.
  var isExhausted: Bool { exhausted.load(ordering: .acquiring) }

  /// How many bytes each input has; once nothing is left.
  var sizes: [Int: Int64] { lock.withLock { _ in lengths } }

  /// Fills a batch with what nobody has.
  ///
  /// - Returns: the input's place among all; nil where nothing is left.
  /// - Throws: `LoadFailure`.
  func next(into batch: Batch) throws(LoadFailure) -> Int? {
    let result: Result<Int?, LoadFailure> = lock.withLock { _ in
      do throws(LoadFailure) { return .success(try take(batch)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func take(_ batch: Batch) throws(LoadFailure) -> Int? {
    // What comes behind a failure can't be relied on, whoever asks for it.
    if let failure { throw failure }
    while place < inputs.count {
      let input = inputs[place]
      do throws(InputFailure) {
        let reading = if let reader { reader } else { try begin(input) }
        reader = reading
        if try reading.reader.next(into: batch) { return place }
        // Written to while it was read: nobody knows which rows are of which version.
        if let identity = input.identity, let now = try reading.stream.file.identity(), now != identity {
          throw .changed
        }
        lengths[input.number] = reading.reader.position
        reader = nil
        place += 1
      } catch {
        let failed = LoadFailure(error, of: input)
        failure = failed
        throw failed
      }
    }
    exhausted.store(true, ordering: .releasing)
    return nil
  }

  private func begin(_ input: Input) throws(InputFailure) -> (
    reader: BatchReader, stream: InputStream
  ) {
    let open =
      if let open = opened.removeValue(forKey: place) {
        open
      } else {
        try OpenedInput(input.file.path, format, hasHeader: hasHeader, interrupt: interrupt)
      }
    if let identity = input.identity, let now = try open.stream.file.identity(), now != identity {
      throw .changed
    }
    return (
      BatchReader(open.stream, format, from: open.position, line: open.line, loaded: input.loaded),
      open.stream
    )
  }
}

/// An input whose data is about to be read.
struct OpenedInput {
  let stream: InputStream
  /// Where data begins, and its line.
  let position: Int64
  let line: Int64
  let header: HeaderRecord?

  init(
    _ path: String, _ format: RecordFormat, hasHeader: Bool, interrupt: Interrupt
  ) throws(InputFailure) {
    stream = try InputStream(path, interrupt: interrupt)
    let mark = format.isUTF8 ? try stream.skipByteOrderMark() : 0
    header = hasHeader ? try stream.readHeader(format) : nil
    position = mark + Int64(header?.bytes.count ?? 0)
    line = 1 + (header?.lines ?? 0)
  }
}

extension LoadFailure {
  init(_ failure: InputFailure, of input: LoadSource.Input) {
    self = failure == .stopped ? .stopped : .finding(.input(path: input.name, failure))
  }
}
