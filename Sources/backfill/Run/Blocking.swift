import BackfillCommands
import Glibc
import Synchronization

/// Lets the main thread wait for asynchronous work. An asynchronous main would do the same by giving the
/// main thread to libdispatch, which opens it to signals (`SignalListener`).
enum Blocking {
  static func wait<Value: Sendable>(for work: @escaping @Sendable () async -> Value) -> Value {
    let arrival = Arrival<Value>()
    Task.detached { arrival.deliver(await work()) }
    return arrival.collect()
  }

  /// The same for work that may fail.
  static func result<Value: Sendable>(
    of work: @escaping @Sendable () async throws(CommandFailure) -> Value
  ) -> Result<Value, CommandFailure> {
    wait { do throws(CommandFailure) { return .success(try await work()) } catch { return .failure(error) } }
  }

  private final class Arrival<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let semaphore = Semaphore()

    func deliver(_ value: Value) {
      self.value.withLock { $0 = value }
      semaphore.signal()
    }

    func collect() -> Value {
      while true {
        semaphore.wait()
        if let value = value.withLock({ $0 }) { return value }
      }
    }
  }

  /// A POSIX semaphore at an address of its own.
  private final class Semaphore: @unchecked Sendable {
    // Unchecked: sem_t is made to be used from several threads, through its address, which never changes.
    private let address = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(address, 0, 0) }

    deinit {
      sem_destroy(address)
      address.deallocate()
    }

    func signal() { sem_post(address) }
    func wait() { sem_wait(address) }
  }
}
