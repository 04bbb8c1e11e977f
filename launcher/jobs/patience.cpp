#include <launcher/jobs/patience.hpp>

#include <algorithm>
#include <thread>

#include <launcher/base/files.hpp>
#include <launcher/batch/record.hpp>
#include <launcher/jobs/parts.hpp>

namespace hecaton::launcher::jobs {

using namespace std::chrono_literals;

Patience::Patience(const std::vector<Job>& jobs) {
    for (const auto& job : jobs) {
        local_ = local_ && job.scheduler == "local";
        for (const auto& task : tasks_of(job)) files_.push_back(task.file("record"));
    }
}

void Patience::pause(const std::function<bool()>& enough) {
    const auto most = local_ ? 500ms : 60'000ms;
    const auto end = std::chrono::steady_clock::now() + next_;
    next_ = std::min(2 * next_, most);
    const std::string before = records();
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_until(std::min(end, std::chrono::steady_clock::now() + 500ms));
        if (!local_ && records() != before) return;
        if (enough && enough()) return;
    }
}

std::string Patience::records() const {
    std::string ends;
    for (const auto& file : files_) {
        const auto record = batch::decode_record(text_of(file));
        ends += record && record->ended > 0 ? 'e' : record ? 'r' : '-';
    }
    return ends;
}

}  // namespace hecaton::launcher::jobs
