public import Postgres

public struct Copy: Sendable {
  public var endpoints: Endpoints
  public var parallelism: Int
  public init(endpoints: Endpoints, parallelism: Int) { self.endpoints = endpoints; self.parallelism = parallelism }
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CopyResult { throw .failed("not there yet", advice: nil) }
}
public struct Verify: Sendable {
  public var endpoints: Endpoints
  public var parallelism: Int
  public init(endpoints: Endpoints, parallelism: Int) { self.endpoints = endpoints; self.parallelism = parallelism }
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> VerifyResult { throw .failed("not there yet", advice: nil) }
}
public struct Clean: Sendable {
  public var target: ConnectionString
  public init(target: ConnectionString) { self.target = target }
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CleanResult { throw .failed("not there yet", advice: nil) }
}
public struct RefreshCaggs: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  public init(endpoints: Endpoints, selection: Selection) { self.endpoints = endpoints; self.selection = selection }
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> RefreshResult { throw .failed("not there yet", advice: nil) }
}
