/// One thing that goes wrong, with all its particulars: made from a seed, so that the same seed gives the same again.
enum Fault: Sendable, Hashable {
  enum Side: String, Sendable, CaseIterable {
    case source
    case target
  }

  case killTool
  case interruptTool(twice: Bool)
  case terminateBackends(Side, all: Bool)
  case cancelStatements(Side)
  case restart(Side)
  case pause(Side, milliseconds: Int)
  case cutAll(Side, abruptly: Bool)
  case cutAfter(Side, bytes: Int)
  case loseCommitAnswer(delivered: Bool)
  case silence(Side, milliseconds: Int)
  case statementTimeout(Side, milliseconds: Int)
  case lockTimeout(Side)
  case connectionLimit(Side)
  case lockChunk(milliseconds: Int)
  case secondCopy(killedAfter: Int)
  case stageAgain
  case fillDisk(milliseconds: Int)
  case dropChunks(hours: Int)
  case compress(chunk: Int, keepingHeap: Bool)
  case recompress(chunk: Int)
  case decompress(chunk: Int)
  case vacuumFull(chunk: Int)
  case mergeChunks(chunk: Int)
  case rollUp(chunk: Int)
  case restage(until: String)
  case lagBehind(hour: Int)
  case lockTask(toTheEnd: Bool)
  case longRead(milliseconds: Int)
  case refreshTarget
  case copyAgain(every: Int)
  case liveWrites(Int)

  /// The kind alone, for counting.
  var kind: String {
    switch self {
    case .terminateBackends(let side, _): "pg_terminate_backend on the \(side.rawValue)"
    case .cancelStatements(let side): "pg_cancel_backend on the \(side.rawValue)"
    case .restart(let side): "immediate restart of the \(side.rawValue)"
    case .pause(let side, _): "SIGSTOP of the \(side.rawValue)"
    case .cutAll(let side, _): "all connections to the \(side.rawValue) cut"
    case .cutAfter(let side, _): "connection to the \(side.rawValue) cut in mid-stream"
    case .loseCommitAnswer(let delivered): "connection cut \(delivered ? "after" : "before") a COMMIT arrived"
    case .silence(let side, _): "network to the \(side.rawValue) silent"
    case .statementTimeout(let side, _): "statement_timeout on the \(side.rawValue)'s role"
    case .lockTimeout(let side): "lock_timeout on the \(side.rawValue)'s role"
    case .connectionLimit(let side): "connection limit on the \(side.rawValue)'s role"
    case .killTool: "kill -9 of copy"
    case .interruptTool(let twice): twice ? "SIGTERM twice" : "SIGINT once"
    case .lockChunk: "lock on a target chunk"
    case .secondCopy: "second copy started and killed"
    case .stageAgain: "stage while copying"
    case .fillDisk: "disk full on the target"
    case .dropChunks: "retention on the source"
    case .compress: "compress_chunk on the source"
    case .recompress: "recompression on the source"
    case .mergeChunks: "merge_chunks on the source"
    case .rollUp: "roll-up by compression on the source"
    case .restage: "staged with another end"
    case .lagBehind: "a standby that lags behind as the source"
    case .lockTask(let toTheEnd): toTheEnd ? "task locked to the end" : "task locked for a while"
    case .longRead: "long reader of a target chunk"
    case .refreshTarget: "refresh on the target"
    case .decompress: "decompress_chunk on the source"
    case .vacuumFull: "VACUUM FULL on the source"
    case .copyAgain: "copied chunks put back into the queue"
    case .liveWrites: "live writes to the target"
    }
  }
}
