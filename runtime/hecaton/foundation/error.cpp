#include <fmt/format.h>
#include <hecaton/foundation/error.hpp>

namespace hecaton {

Error::~Error() = default;

TaskError::TaskError(std::uint64_t index, int rank, std::string host, std::string type_name, std::string text)
    : index_(index), rank_(rank), host_(std::move(host)), type_name_(std::move(type_name)), text_(std::move(text)) {}

std::string TaskError::describe() const {
    if (rank_ < 0) return fmt::format("{}: {} (item {})", type_name_, text_, index_);
    return fmt::format("{}: {} (item {}, rank {} on {})", type_name_, text_, index_, rank_, host_);
}

WorkerLost::WorkerLost(std::uint64_t index, int rank, std::string host, const std::string& text)
    : std::runtime_error(text), TaskError(index, rank, std::move(host), "hecaton::WorkerLost", text) {}

TaskTimeout::TaskTimeout(std::uint64_t index, int rank, std::string host, const std::string& text)
    : std::runtime_error(text), TaskError(index, rank, std::move(host), "hecaton::TaskTimeout", text) {}

}  // namespace hecaton
