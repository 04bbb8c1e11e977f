#include <launcher/report/html.hpp>

#include <functional>
#include <map>

#include <launcher/report/figures/words.hpp>
#include <launcher/report/page_data.hpp>
#include <launcher/report/page_text.hpp>

namespace hecaton::launcher::report {
namespace {

// Puts texts where the page has {{NAME}}. They may have such names themselves, which stay.
std::string filled(std::string_view page, const std::map<std::string_view, std::string_view>& texts) {
    std::string made;
    for (;;) {
        const auto open = page.find("{{");
        made += page.substr(0, open);
        if (open == std::string_view::npos) return made;
        const auto close = page.find("}}", open);
        made += texts.at(page.substr(open + 2, close - open - 2));
        page.remove_prefix(close + 2);
    }
}

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string made;
    for (const char letter : text) switch (letter) {
            case '&':
                made += "&amp;";
                break;
            case '<':
                made += "&lt;";
                break;
            case '>':
                made += "&gt;";
                break;
            case '"':
                made += "&quot;";
                break;
            default:
                made += letter;
        }
    return made;
}

std::string html_page(const Recording& recording, const Model& model) {
    std::string remarks;
    for (const auto& note : notes(recording)) remarks += "<p class=\"note\">" + html_escaped(note) + "</p>\n";
    const auto title = html_escaped(title_of(recording));
    const auto head = html_escaped(sentence(recording, model));
    const auto data = page_data(recording, model);
    return filled(page_html, {{"title", title},
                              {"style", page_style},
                              {"sentence", head},
                              {"notes", remarks},
                              {"data", data},
                              {"script", page_script}});
}

}  // namespace hecaton::launcher::report
