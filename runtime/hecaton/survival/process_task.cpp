#include <hecaton/survival/process_task.hpp>

namespace hecaton::detail {

void run_process_task(std::span<const std::byte> task, Buffer& errors) {
    Reader reader(task);
    const auto id = decode<TaskId>(reader);
    const std::unique_ptr<Runner> runner = task_maker(id)(reader);
    const ChunkInput input{.items = task.subspan(reader.position()), .first = 0, .count = 1, .attempt = 1};
    const std::atomic<bool> never{false};
    TimedPace pace(never);
    ChunkOutput output;
    runner->run(input, output, pace);
    errors.append(output.errors.bytes());
}

}  // namespace hecaton::detail
