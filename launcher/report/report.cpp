#include <launcher/report/report.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/report/data/read_csv.hpp>
#include <launcher/report/data/read_recording.hpp>
#include <launcher/report/figures/words.hpp>
#include <launcher/report/html.hpp>
#include <launcher/report/output_file.hpp>
#include <launcher/report/trace.hpp>
#include <launcher/report/write_csv.hpp>

namespace hecaton::launcher::report {

Format format_of(const std::string& option, const std::string& file) {
    const auto end = std::filesystem::path(file).extension();
    if (end == ".html") return Format::html;
    if (end == ".json") return Format::json;
    if (end == ".csv") return Format::csv;
    throw Refusal(wrong_command_line, fmt::format("{} {}: its name must end with .html, .json or .csv", option, file));
}

Recording read(const std::string& file) {
    errno = 0;
    std::ifstream from(file);
    if (!from || std::filesystem::is_directory(file))
        throw Refusal(1, fmt::format("{} cannot be read: {}", file, std::strerror(errno != 0 ? errno : EISDIR)));
    std::string head(csv_header.size(), ' ');
    from.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (head == csv_header) {
        std::getline(from, head);
        if (head.empty() || head == "\r") return read_csv(from, file);
    }
    from.clear();
    from.seekg(0);
    return read_recording(from, file);
}

void write(const Recording& recording, const std::string& file, Format format) {
    OutputFile output(file);
    const auto put = [&](std::string_view text) { output.write(text); };
    if (format == Format::html)
        put(html_page(recording, model_of(recording)));
    else if (format == Format::json)
        write_trace(recording, put);
    else
        write_csv(recording, put);
    output.done();
}

}  // namespace hecaton::launcher::report

namespace hecaton::launcher {

int run_report_command(const ReportOptions& options) {
    if (options.output.empty()) {
        const auto recording = report::read(options.input);
        return print(report::short_text(recording, report::model_of(recording)));
    }
    const auto format = report::format_of("-o", options.output);
    if (const auto why = report::why_not_writable(options.output); !why.empty())
        throw Refusal(wrong_command_line, fmt::format("-o {}: {}", options.output, why));
    report::write(report::read(options.input), options.output, format);
    return 0;
}

}  // namespace hecaton::launcher
