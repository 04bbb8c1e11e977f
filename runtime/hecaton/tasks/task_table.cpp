#include <fmt/format.h>

#include <cstring>
#include <deque>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/module.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <mutex>

namespace hecaton::detail {
namespace {

struct Entry {
    MakeRunner make;
    const char* name;
};

struct Table {
    std::mutex mutex;
    std::deque<Entry> entries;
};

// Registration happens while other static objects are initialised, so the table comes to life with its first entry; it
// is never destroyed, because a worker may still look into it while the process exits.
Table& table() {
    static Table& instance = *new Table;
    return instance;
}

Entry entry(TaskId id) {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    if (id >= all.entries.size())
        throw UsageError(
            fmt::format("task {} is unknown on this rank, which knows {} tasks: a library was loaded on the root "
                        "only. Load it on every rank before the pool is opened",
                        id, all.entries.size()));
    return all.entries[id];
}

}  // namespace

TaskId register_task(MakeRunner make, const std::type_info& type) {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    all.entries.push_back({make, type.name()});
    return static_cast<TaskId>(all.entries.size() - 1);
}

MakeRunner task_maker(TaskId id) { return entry(id).make; }

Runner& ReceivedTask::make() {
    Reader reader(closure_.bytes());
    runner_ = task_maker(id_)(reader);
    return *runner_;
}

TableFingerprint table_fingerprint() {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    TableFingerprint print{.tasks = all.entries.size(), .table = hash_bytes(nullptr, 0), .program = program_module()};
    for (const Entry& each : all.entries) {
        const ModuleOffset place = locate(reinterpret_cast<const void*>(each.make));
        print.table = hash_bytes(each.name, std::strlen(each.name), print.table);
        print.table = hash_bytes(&place, sizeof place, print.table);
    }
    return print;
}

}  // namespace hecaton::detail
