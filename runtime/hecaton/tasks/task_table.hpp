// The task table: every function that this program can be asked to run, by number.
//
// Each use of map and its kin registers one entry during static initialisation, so the ranks of one program have the
// same table. An entry travels as its number: a type's name would not do, because two translation units can have
// lambdas of the same name. The ranks compare fingerprints of their tables when a pool opens.
#pragma once

#include <cstdint>
#include <hecaton/codec/reader.hpp>
#include <hecaton/tasks/runner.hpp>
#include <memory>
#include <typeinfo>
#include <utility>

namespace hecaton::detail {

using TaskId = std::uint32_t;
using MakeRunner = std::unique_ptr<Runner> (*)(Reader& closure);

TaskId register_task(MakeRunner make, const std::type_info& type);

/// The maker of an entry. Throws UsageError for a number that this rank's table does not have.
MakeRunner task_maker(TaskId id);

/// A callable as it comes to a worker: the number of its entry and the bytes of its closure.
class ReceivedTask {
  public:
    ReceivedTask() = default;
    ReceivedTask(TaskId id, Buffer closure) : id_(id), closure_(std::move(closure)) {}
    TaskId id() const noexcept { return id_; }
    const Buffer& closure() const noexcept { return closure_; }
    /// Rebuilds it when it is first asked for, and throws what that throws.
    Runner& runner() { return runner_ != nullptr ? *runner_ : make(); }

  private:
    Runner& make();

    TaskId id_ = 0;
    Buffer closure_;
    std::unique_ptr<Runner> runner_;
};

struct TableFingerprint {
    std::uint64_t tasks = 0;    ///< number of entries
    std::uint64_t table = 0;    ///< hash of all entries: names, modules and offsets
    std::uint64_t program = 0;  ///< the main executable's module
};

TableFingerprint table_fingerprint();

/// The entry for a concrete runner type. Naming `id` is what registers it.
template <class ConcreteRunner>
struct Registered {
    static std::unique_ptr<Runner> make(Reader& closure) { return std::make_unique<ConcreteRunner>(closure); }
    static const TaskId id;
};

template <class ConcreteRunner>
const TaskId Registered<ConcreteRunner>::id = register_task(&Registered::make, typeid(ConcreteRunner));

}  // namespace hecaton::detail
