"""Invented sentences in languages that old charsets were made for; each is long enough for detection."""

from typing import Final

RUSSIAN: Final = "Старый мост через реку открыли весной, и жители города снова ходят по нему на работу."
UKRAINIAN: Final = "Її новий міст відкрили навесні, і мешканці міста знову ходять ним щодня на роботу."
GREEK: Final = "Η παλιά γέφυρα του χωριού άνοιξε πάλι την άνοιξη και οι κάτοικοι τη διασχίζουν κάθε μέρα."
HEBREW: Final = "הגשר הישן של הכפר נפתח שוב באביב והתושבים עוברים עליו בכל יום בדרך לעבודה."
ARABIC: Final = "فتح الجسر القديم في القرية من جديد في الربيع ويعبره السكان كل يوم في الطريق إلى العمل."
THAI: Final = "สะพานเก่าของหมู่บ้านเปิดอีกครั้งในฤดูใบไม้ผลิ และชาวบ้านเดินข้ามสะพานไปทำงานทุกวัน"
CHINESE: Final = "村里的老桥在春天重新开放了,居民们每天都从桥上走过去上班,孩子们也从那里去学校。"
TAIWANESE: Final = "村裡的老橋在春天重新開放了,居民們每天都從橋上走過去上班,孩子們也從那裡去學校。"
JAPANESE: Final = "村の古い橋は春にふたたび開通し、住民は毎日その橋を渡って仕事に通っています。"
KOREAN: Final = "마을의 오래된 다리가 봄에 다시 열려서 주민들은 매일 그 다리를 건너 출근합니다."
POLISH: Final = (
    "Stary most w miasteczku znów otwarto na wiosnę; mieszkańcy chodzą nim każdego dnia do pracy, a dzieci do szkoły."
)
CZECH: Final = (
    "Starý most ve vesnici na jaře znovu otevřeli a obyvatelé po něm každý den chodí do práce, děti běží do školy."
)
TURKISH: Final = (
    "Köyün eski köprüsü ilkbaharda yeniden açıldı; halk her gün işe giderken köprüden geçiyor, çocuklar şarkı söylüyor."
)
LATVIAN: Final = "Ciema vecais tilts pavasarī ir atvērts; šodien bērni iet uz skolu, ļaudis uz darbu."
GERMAN: Final = "Die alte Brücke des Dorfes wurde im Frühjahr wieder geöffnet; täglich gehen die Bewohner darüber."
FRENCH: Final = (
    "Le vieux pont du village a rouvert au printemps ; les élèves le traversent à pied, le cœur léger, après l'école."
)
SPANISH: Final = (
    "El viejo puente del pueblo reabrió en primavera; los niños cruzan cada mañana y los señores también, según dicen."
)
VIETNAMESE: Final = (
    "Chiếc cầu cũ của làng được mở lại vào mùa xuân; mỗi ngày người dân đi qua cầu để làm việc, trẻ em đến trường."
)
SERBIAN: Final = (
    "Стари мост у селу поново је отворен у пролеће; људи њиме сваког дана иду на посао, а деца у школу, ћутећи."
)
ROMANIAN: Final = (
    "Podul vechi din sat a fost redeschis în primăvară; oamenii trec pe el în fiecare zi la muncă, copiii și bătrânii."
)
ESTONIAN: Final = (
    "Küla vana sild avati kevadel uuesti; elanikud käivad sealt iga päev üle tööle, lapsed jooksevad "
    "kooli, öösel hõikavad."
)
LITHUANIAN: Final = (
    "Senas kaimo tiltas pavasarį vėl atidarytas; žmonės kasdien eina juo į darbą, vaikai į mokyklą, ūkininkai į laukus."
)
MALTESE: Final = (
    "Il-pont il-qadim tar-raħal reġa' nfetaħ fir-rebbiegħa; in-nies jgħaddu minnu kuljum għax-xogħol, "
    "it-tfal lejn l-iskola, żgħar."
)
SAMI: Final = (
    "Gili boares šaldi rahppojuvvui fas giđđat; olbmot mannet dan rastá juohke beaivvi bargui, mánát "
    "skuvlii, čáppa ŋuolggu."
)
WELSH: Final = (
    "Ail-agorwyd hen bont y pentref yn y gwanwyn; mae'r trigolion yn ei chroesi bob dydd i'r gwaith, "
    "plant i'r ŵyl a'r dŵr gerllaw."
)
ITALIAN: Final = (
    "Il vecchio ponte del paese è stato riaperto in primavera; la città così è più vicina, perché la "
    "gente lo attraversa già."
)
