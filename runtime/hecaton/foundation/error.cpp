#include <fmt/format.h>
#include <hecaton/foundation/error.hpp>

namespace hecaton {

Error::~Error() = default;

std::string detail::type_and_text(const std::string& type_name, const std::string& text) {
    return text.empty() ? type_name + " (no text)" : fmt::format("{}: {}", type_name, text);
}

TaskError::TaskError(std::uint64_t index, int rank, std::string host, std::string type_name, std::string text)
    : index_(index), rank_(rank), host_(std::move(host)), type_name_(std::move(type_name)), text_(std::move(text)) {}

std::string TaskError::describe() const {
    const std::string what = detail::type_and_text(type_name_, text_);
    if (rank_ < 0) return fmt::format("{} (item {})", what, index_);
    return fmt::format("{} (item {}, rank {} on {})", what, index_, rank_, host_);
}

WorkerLost::WorkerLost(std::uint64_t index, int rank, std::string host, const std::string& text)
    : std::runtime_error(text), TaskError(index, rank, std::move(host), "hecaton::WorkerLost", text) {}

TaskTimeout::TaskTimeout(std::uint64_t index, int rank, std::string host, const std::string& text)
    : std::runtime_error(text), TaskError(index, rank, std::move(host), "hecaton::TaskTimeout", text) {}

}  // namespace hecaton
