#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <hecaton/pool/traffic/lost_workers.hpp>
#include <hecaton/survival/sandbox.hpp>

namespace hecaton::detail {
namespace {

using Doing = LostRank::Doing;

}  // namespace

const std::string& LostWorkers::host(int rank) const {
    static const std::string unknown;
    const auto at = static_cast<std::size_t>(rank);
    return hosts_ != nullptr && at < hosts_->size() ? (*hosts_)[at] : unknown;
}

std::string LostWorkers::end_of(const LostRank& how) {
    if (how.out_of_memory != 0) return "killed by the out-of-memory killer";
    if (how.hung != 0) return "stopped for too long, and killed";
    if (how.status == SIGKILL) return "killed by SIGKILL";  // and not for want of memory, as far as is known
    std::string words = end_in_words(how.status);
    if (how.full_stack != 0) words += ": its stack was full";
    return words;
}

std::string LostWorkers::line(int worker, const std::string& name, std::uint64_t others) const {
    const LostRank& how = lost_.at(worker);
    const std::string of = name.empty() ? "" : fmt::format(" of \"{}\"", name);
    std::string text =
        fmt::format("rank {} on {} {}{}", how.rank, host(how.rank), WIFEXITED(how.status) ? "" : "was ", end_of(how));
    if (how.doing == Doing::item) text += fmt::format(" in item {}{}", how.index, of);
    if (others == 0) return text + "; the pool goes on without it";
    return text + fmt::format("; its {} {}item{}{} {} elsewhere", others, how.doing == Doing::item ? "other " : "",
                              others == 1 ? "" : "s", how.doing == Doing::item ? "" : of, others == 1 ? "runs" : "run");
}

ErrorRecord LostWorkers::error(int worker, std::uint32_t attempts) const {
    ErrorRecord record{.kind = ErrorRecord::Kind::worker_lost,
                       .index = 0,
                       .rank = -1,
                       .host = {},
                       .type_name = "hecaton::WorkerLost",
                       .text = "no rank is left to run the item"};
    const auto found = lost_.find(worker);
    if (found == lost_.end()) return record;
    const LostRank& how = found->second;
    record.rank = how.rank;
    record.host = host(how.rank);
    if (attempts == 0) return record;
    record.text = fmt::format("the rank that ran the item {}{}", WIFEXITED(how.status) ? "" : "was ", end_of(how));
    if (attempts > 1) record.text += fmt::format(", in the last of {} runs", attempts);
    return record;
}

}  // namespace hecaton::detail
