#include <launcher/report/outputs.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/log.hpp>
#include <nlohmann/json.hpp>
#include <system_error>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/report/figures/words.hpp>
#include <launcher/report/output_file.hpp>
#include <launcher/report/report.hpp>

namespace hecaton::launcher::report {
namespace {

using nlohmann::json;

std::string whole_name(const std::string& option, const std::string& file, const std::string& array_index) {
    std::error_code problem;
    auto path = std::filesystem::absolute(file, problem).lexically_normal();
    if (!array_index.empty())
        path.replace_filename(fmt::format("{}.{}{}", path.stem().string(), array_index, path.extension().string()));
    const std::string why = problem ? problem.message() : why_not_writable(path.string());
    if (!why.empty()) throw Refusal(wrong_command_line, fmt::format("{} {}: {}", option, file, why));
    return path.string();
}

std::string line_of(const LauncherPart& part) {
    json losses = json::array();
    for (const auto& loss : part.losses)
        losses.push_back({{"rank", loss.rank}, {"host", loss.host}, {"why", loss.why}});
    const json object{{"command", part.command}, {"mpi", part.mpi},     {"hosts", part.hosts},
                      {"cores", part.cores},     {"start", part.start}, {"end", part.end},
                      {"status", part.status},   {"cards", part.cards}, {"losses", losses}};
    return "launcher " + object.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

// Where the last line is torn, since the job died, it goes.
off_t end_of_whole_lines(int file) {
    struct stat facts {};
    if (::fstat(file, &facts) != 0) return -1;
    std::array<char, 4096> part;
    for (off_t end = facts.st_size; end > 0;) {
        const auto begin = std::max<off_t>(0, end - static_cast<off_t>(part.size()));
        const auto count = ::pread(file, part.data(), static_cast<std::size_t>(end - begin), begin);
        if (count <= 0) return -1;
        const auto found = std::string_view(part.data(), static_cast<std::size_t>(count)).rfind('\n');
        if (found != std::string_view::npos) return begin + static_cast<off_t>(found) + 1;
        end = begin;
    }
    return 0;
}

// The report is of use without it, too.
void append(const std::string& recording, const std::string& line) {
    const detail::Descriptor file(::open(recording.c_str(), O_RDWR | O_CLOEXEC));
    const off_t end = file ? end_of_whole_lines(file.get()) : -1;
    if (end < 0 || ::ftruncate(file.get(), end) != 0) return;
    [[maybe_unused]] const auto written = ::pwrite(file.get(), line.data(), line.size(), end);
}

std::string shown_name(const std::string& file) {
    std::error_code problem;
    const auto near = std::filesystem::proximate(file, problem).string();
    return problem || near.starts_with("..") ? file : near;
}

void make_files(const RunOptions& options, LauncherPart part, const RunEnd& end) {
    std::vector<std::string> wanted;
    for (const auto* file : {&options.report, &options.trace})
        if (!file->empty()) wanted.push_back(*file);
    if (!exists(options.recording)) {
        if (end.begun && end.seen.recording_came)
            detail::log::line(
                fmt::format("{} was not made: the program has recorded nothing, as one without a pool and "
                            "collectives of hecaton, or rank 0 does not see the folder of {}",
                            fmt::join(wanted, " and "), options.recording));
        return;
    }
    for (const auto& loss : end.seen.lost) part.losses.push_back({loss.rank, loss.host, loss.why});
    part.hosts = end.seen.hosts;
    part.mpi = end.seen.engine;
    part.cards = end.said;
    part.status = end.status;
    append(options.recording, line_of(part));
    const auto recording = read(options.recording);
    std::vector<std::string> made;
    for (const auto& file : wanted) try {
            write(recording, file, format_of("", file));
            made.push_back(shown_name(file));
        } catch (const Refusal& refusal) {
            detail::log::line(refusal.what());
        }
    if (!made.empty())
        detail::log::line(fmt::format("{}: {}", fmt::join(made, " and "), sentence(recording, model_of(recording))));
    if (made.size() == wanted.size())
        ::unlink(options.recording.c_str());
    else
        detail::log::line(fmt::format("the recording is kept: hecaton report {} -o FILE", options.recording));
}

}  // namespace

void check_names(const std::string& report, const std::string& trace) {
    if (!report.empty() && format_of("--report", report) != Format::html)
        throw Refusal(wrong_command_line,
                      fmt::format("--report {}: that is a page, name it .html; --trace is for .json and .csv", report));
    if (!trace.empty() && format_of("--trace", trace) == Format::html)
        throw Refusal(wrong_command_line,
                      fmt::format("--trace {}: name it .json or .csv; --report is for .html", trace));
}

void prepare_outputs(RunOptions& options, const std::string& array_index) {
    if (options.report.empty() && options.trace.empty()) return;
    check_names(options.report, options.trace);
    if (options.dry_run) return;
    if (!options.report.empty()) options.report = whole_name("--report", options.report, array_index);
    if (!options.trace.empty()) options.trace = whole_name("--trace", options.trace, array_index);
    options.recording = (options.report.empty() ? options.trace : options.report) + ".recording";
    ::unlink(options.recording.c_str());
}

void make_outputs(const RunOptions& options, const RunEnd& end, const LauncherPart& part) noexcept try {
    if (!options.recording.empty()) make_files(options, part, end);
} catch (const std::exception& error) {
    detail::log::line(fmt::format("no report: {}; the recording is kept in {}", error.what(), options.recording));
}

}  // namespace hecaton::launcher::report
