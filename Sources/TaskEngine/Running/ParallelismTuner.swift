/// Finds how many workers are worth having, by trying: climbs while throughput rises, takes a step back when it stops,
/// and backs off when the source begins to answer slowly. A pure value: measurements in, number of workers out.
public struct ParallelismTuner: Sendable {
  /// What was seen since the last step.
  public struct Measurement: Sendable {
    /// Bytes or rows per second, whatever grows with progress.
    public var throughput: Double
    /// Seconds the source took to describe a chunk, typically; nil when none was described.
    public var sourceLatency: Double?

    public init(throughput: Double, sourceLatency: Double?) {
      self.throughput = throughput
      self.sourceLatency = sourceLatency
    }
  }

  /// Throughput has to grow by this factor for a step up to be kept.
  private static let worthwhile = 1.05
  /// Latency that is this many times the best seen, and more than a few milliseconds, means that the source suffers.
  private static let suffering = 4.0
  private static let noticeable = 0.05
  /// Measurements to stay before another step up is tried.
  private static let patience = 6

  public private(set) var workers: Int
  private let limit: Int
  private var best: Double?
  private var lowestLatency: Double?
  private var stepped = false
  private var resting = 0

  public init(first: Int = 2, limit: Int = 64) {
    workers = max(1, min(first, limit))
    self.limit = limit
  }

  /// Takes a measurement made with the present number of workers, and returns the next number.
  public mutating func step(_ seen: Measurement) -> Int {
    if let latency = seen.sourceLatency {
      let lowest = min(lowestLatency ?? latency, latency)
      lowestLatency = lowest
      if latency > max(lowest * Self.suffering, Self.noticeable), workers > 1 {
        return settle(at: max(1, workers * 3 / 4), throughput: nil)
      }
    }
    guard let best else { return climb(from: seen.throughput) }
    if stepped {
      return seen.throughput >= best * Self.worthwhile
        ? climb(from: seen.throughput) : settle(at: max(1, workers - stride), throughput: best)
    }
    resting -= 1
    return resting <= 0 ? climb(from: seen.throughput) : workers
  }

  private var stride: Int { max(1, workers / 4) }

  private mutating func climb(from throughput: Double) -> Int {
    best = throughput
    let next = min(limit, workers + stride)
    stepped = next > workers
    if !stepped { resting = Self.patience }
    workers = next
    return workers
  }

  private mutating func settle(at number: Int, throughput: Double?) -> Int {
    workers = number
    best = throughput
    stepped = false
    resting = Self.patience
    if throughput == nil { best = 0 }
    return workers
  }
}
