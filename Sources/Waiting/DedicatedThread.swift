import Glibc

/// Runs blocking work on an operating system thread of its own and hands the result to structured
/// concurrency. libpq's calls block, and Swift's cooperative pool has only as many threads as cores:
/// waiting there would stop everything else.
///
/// Decided once: a worker is one such thread for its whole life, and everything it does is plain
/// synchronous code over its own two connections. The task group above awaits the thread's outcome.
public enum DedicatedThread {
  public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      launch { continuation.resume(returning: body()) }
    }
  }

  /// Starts work that nobody awaits, if need be on this thread: slower, but done.
  public static func launch(_ body: @escaping @Sendable () -> Void) {
    if !start(body) { body() }
  }

  /// Starts what goes on beside everything else, such as listening to signals, and is awaited by nobody.
  ///
  /// - Returns: false if the system has no thread to give; then nothing was done.
  @discardableResult
  public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let context = Unmanaged.passRetained(Work(body: body)).toOpaque()
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, context)
    guard status == 0 else {
      Unmanaged<Work>.fromOpaque(context).release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  public static func run<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let outcome: Result<Value, Failure> = await run {
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  private final class Work {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
