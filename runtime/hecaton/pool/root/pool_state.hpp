// PoolState: what a Pool is behind its templates: the ranks, and the root's or the worker's part in it.
#pragma once

#include <atomic>
#include <hecaton/pool/journal/journaling.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/pool/root/blocking_calls.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/pool/root/local_worker.hpp>
#include <hecaton/pool/shared/form.hpp>
#include <hecaton/pool/shared/numbers.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/mpi_endpoint.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hecaton::detail {

class PoolState final : private ExitHook {
  public:
    PoolState(MPI_Comm original, const PoolOptions& options);
    ~PoolState() override;

    bool is_root() const noexcept { return rank_ == root_; }
    bool served() const noexcept { return over_; }
    /// The ranks that it uses and that have not died.
    int size() const noexcept;
    int serve();

    /// Throws UsageError or PoolClosed when `call` cannot be made now.
    void check_call(const char* call) const;
    const std::shared_ptr<Driver>& driver() const noexcept { return driver_; }
    BlockingCalls& blocking_calls() noexcept { return *blocking_calls_; }
    const std::shared_ptr<const std::vector<std::string>>& hosts() const noexcept { return hosts_; }
    /// What a call of that kind depends on besides itself.
    CallSurroundings around(const char* kind) const;
    const std::function<void()>& initializer() const noexcept { return initializer_; }

    /// Starts a process and waits until it has a process id. Throws what Process::start() throws.
    void start_process(const std::shared_ptr<ProcessState>& process, const std::string& name,
                       std::shared_ptr<const Buffer> task);

    std::uint64_t share(NewShared shared);
    void release_shared(std::uint64_t id);

    void close() noexcept { closed_ = true; }
    void terminate();
    /// False when the deadline came before all ranks had left.
    bool join(int status, Deadline deadline);

    void set_last_map(Report report);
    Report last_map() const;

  private:
    void process_exits(int status) noexcept override;
    bool open() const noexcept override { return !over_; }
    void open_everywhere(MPI_Comm original, const PoolOptions& options);
    void open_root(const PoolOptions& options);
    void leave(const std::vector<int>& lost);
    std::vector<int> ranks_in_world() const;
    int cores_of_others() const;
    void keep_for_ever() noexcept;

    MPI_Comm communicator_ = MPI_COMM_NULL;
    int rank_ = 0;
    int ranks_ = 1;
    int root_ = 0;
    int processes_ = 1;
    std::uint64_t seed_ = 0;
    std::function<void()> initializer_;
    std::shared_ptr<const std::vector<std::string>> hosts_;
    std::vector<int> nodes_;
    std::shared_ptr<NodeBells> bells_;
    std::unique_ptr<MpiEndpoint> endpoint_;  // none in a communicator of one
    std::unique_ptr<LocalWorker> local_;
    std::shared_ptr<Driver> driver_;
    std::unique_ptr<BlockingCalls> blocking_calls_;
    std::unique_ptr<SharedNumbers> shared_;
    const bool survives_ =
        mpi_is_ours();  // goes on without ranks that die. A program with its own MPI may wait for them
    std::atomic<bool> closed_{false};
    std::atomic<bool> over_{false};  // all ranks have left; nothing but reports is left of the pool

    mutable std::mutex reports_mutex_;
    std::optional<Report> last_map_;
};

}  // namespace hecaton::detail
